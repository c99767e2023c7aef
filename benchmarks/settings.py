"""Settings for tune.py and samples.py: changes of a recipe, by name."""

import dataclasses

from ssgan import recipes
from ssgan.recipes import Part

change = dataclasses.replace


def least_sure(base):
    """Return a recipe that trains on the least sure of three unlabeled examples."""
    base = base.with_term("PseudoLabels", candidates=3)
    return change(base, unlabeled_size=3 * base.unlabeled_size)


def terms(base):
    """Return loss terms of the default recipe left out, changed or added."""
    (affine,), network = base.augmentation, base.discriminator
    unresampled = Part(affine.name, affine.options | {"unresampled": 0.5})
    straight = Part(affine.name, affine.options | {"elastic": 0.0})
    weaker = Part(
        affine.name, {"shift": 0.07, "rotation": 10.0, "zoom": 0.1, "elastic": 0.0}
    )
    # Noise is all that the network's options say.
    quieter = Part(network.name, {k: v / 2 for k, v in network.options.items()})
    guesses = tuple(part for part in base.terms if part.name == "PseudoLabels")
    alone = change(base, generator=None, terms=guesses)
    # One and a half of its steps take the time of one with the game.
    name = "no generator, least sure of three, 1.5 times the steps"
    longer = least_sure(alone.with_steps(3 * base.steps // 2))
    plain = change(longer, augmentation=(straight,))
    return {
        "default": base,
        "least sure of three": least_sure(base),
        "least sure of three, no elastic changes": least_sure(
            change(base, augmentation=(straight,))
        ),
        # A step takes a sixth longer.
        "least sure of three, no elastic changes, 6/7 of the steps": least_sure(
            change(base.with_steps(6 * base.steps // 7), augmentation=(straight,))
        ),
        name: longer,
        # Rows name the next two "the same, no elastic changes" and so on.
        f"{name}, no elastic changes": plain,
        f"{name}, no elastic changes, half the noise": change(
            plain, discriminator=quieter
        ),
        "no game": base.with_term("RealOrFake", weight=0.0),
        # A step takes half of the time then.
        "no generator, twice the steps": alone.with_steps(2 * base.steps),
        "no generator, spread labels for half of it, twice the steps": (
            base.without_generator().with_steps(2 * base.steps)
        ),
        "a third of the game": base.with_term("RealOrFake", weight=0.3),
        "the game alone": base.without_term("PseudoLabels"),
        "not aligned": base.with_term("PseudoLabels", aligned=False),
        "confidence 0.8": base.with_term("PseudoLabels", confidence=0.8),
        "confidence 0.95": base.with_term("PseudoLabels", confidence=0.95),
        "mean teacher instead": base.without_term("PseudoLabels").with_term(
            "MeanTeacher", weight=5.0
        ),
        "conditional entropy": base.with_term("ConditionalEntropy", weight=0.1),
        "virtual adversarial": base.with_term("VirtualAdversarial", weight=0.3),
        "manifold smoothness": base.with_term("ManifoldSmoothness", weight=0.1),
        "features by l1": base.with_term("FeatureMatching", norm="l1"),
        "no spread labels": change(base, spread_steps=0),
        # Six of its steps take the time of one.
        "spread labels alone, six times the steps": base.on_spread_labels().with_steps(
            6 * base.steps
        ),
        "spread labels for half of it": change(base, spread_steps=base.steps // 2),
        "alternating": change(base, alternating=True),
        "half of it unresampled": change(base, augmentation=(unresampled,)),
        "no elastic changes": change(base, augmentation=(straight,)),
        "no spread labels, no elastic changes": change(
            base, spread_steps=0, augmentation=(straight,)
        ),
        "weaker changes, none elastic": change(base, augmentation=(weaker,)),
        "half the noise": change(base, discriminator=quieter),
        "half the noise, no elastic changes": change(
            base, discriminator=quieter, augmentation=(straight,)
        ),
        # Over about 20 steps; otherwise over about the last tenth of them.
        "shorter average": change(base, averaging_step=0.05),
        "twice the steps": base.with_steps(2 * base.steps),
    }


def baseline(base):
    """Return changes of what was the default before this comparison.

    That had noise of 0.3 and 0.5, shifts of 0.07, rotations of 10 degrees and zooms of
    0.1.
    """
    base = change(
        base,
        discriminator=Part("small_discriminator"),
        augmentation=(Part("RandomAffine"),),
    )

    def network(**options):
        return change(base, discriminator=Part("small_discriminator", options))

    def affine(**options):
        return change(base, augmentation=(Part("RandomAffine", options),))

    strong = {"shift": 0.1, "rotation": 15.0, "zoom": 0.15}
    stronger = affine(**strong)
    elastic = affine(**strong, elastic=0.02)
    half_the_noise = Part("small_discriminator", {"input_noise": 0.15, "noise": 0.25})
    return {
        "as in the game": base,
        "rate 0.001": change(base, learning_rate=0.001),
        "rate 0.01": change(base, learning_rate=0.01),
        "a third of the steps": base.with_steps(base.steps // 3),
        "three times the steps": base.with_steps(3 * base.steps),
        "no noise": network(input_noise=0.0, noise=0.0),
        "half the noise": network(input_noise=0.15, noise=0.25),
        "more noise": network(input_noise=0.5, noise=0.8),
        "weaker changes": affine(shift=0.04, rotation=5.0, zoom=0.05),
        "stronger changes": stronger,
        "much stronger changes": affine(shift=0.15, rotation=20.0, zoom=0.2),
        "stronger changes, half the noise": change(
            stronger, discriminator=half_the_noise
        ),
        "elastic changes, half the noise": change(
            elastic, discriminator=half_the_noise
        ),
        "beta_1 0.9": change(base, beta_1=0.9),
        "half the width": network(filters=(16, 32, 64)),
        "twice the width": network(filters=(64, 128, 256)),
    }


def photos(base):
    """Return changes of the recipe for photographs."""
    affine, *color = base.augmentation
    game = change(
        base,
        generator=Part("conv_generator", {"filters": (64, 32)}),
        terms=(
            Part("RealOrFake", {"weight": 0.2}),
            Part("FeatureMatching"),
            *base.terms,
        ),
    )
    resampled = with_options(affine, unresampled=0.0)
    return {
        "default": base,
        "with a game": game,
        "no strong changes": change(base, strong_augmentation=()),
        "all resampled": change(base, augmentation=(resampled, *color)),
    }


def color(base):
    """Return the recipes for images and for photographs, at about equal minutes."""
    photos = base.with_steps(700)
    return {"images": recipes.IMAGES.with_steps(3500), "photos": photos}


def with_options(part, **options):
    """Return a part with options changed."""
    return part._replace(options=part.options | options)


def samples_base(published):
    """Return the recipe of `samples` with all techniques, small or as published."""
    source = recipes.CIFAR10_SAMPLES if published else recipes.MNIST_SAMPLES
    dim = source.latents.options["dim"]
    recipe = change(
        source,
        name="table-3" if published else "table-3-small",
        discriminator=with_options(source.discriminator, minibatch_kernels=100),
        generator=with_options(source.generator, normalization="virtual"),
        latents=Part("UniformLatents", {"dim": dim}),
        strong_augmentation=(),
        terms=(Part("RealOrFake", {"real_target": 0.9}), Part("NonSaturating")),
    )
    if published:
        return recipe
    small = change(recipe, labeled_size=32, unlabeled_size=32)
    return small.with_steps(1000)


def samples(base):
    """Return Table 3 of Salimans et al. 2016, in its order; then feature matching."""
    unlabeled = change(base, supervised_weight=0.0)
    averaging = tuple(
        Part("HistoricalAveraging", {"player": player})
        for player in ("discriminator", "generator")
    )
    no_features = with_options(base.discriminator, minibatch_kernels=0)
    return {
        "all techniques": base,
        "batch normalization for virtual": change(
            base, generator=with_options(base.generator, normalization="batch")
        ),
        "historical averaging for labels": change(
            unlabeled, terms=(*unlabeled.terms, *averaging)
        ),
        "no label smoothing": base.with_term("RealOrFake", real_target=1.0),
        "no labels": unlabeled,
        "no minibatch features": change(base, discriminator=no_features),
        "feature matching": change(
            base.without_term("NonSaturating").with_term("FeatureMatching"),
            discriminator=no_features,
        ),
    }


SETTINGS = {"baseline": baseline, "terms": terms, "photos": photos, "color": color}
