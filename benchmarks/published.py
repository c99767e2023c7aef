"""Published error rates, by data set, method and number of labels: mean, std or None.

MNIST in errors among its 10,000 test images, CIFAR-10 and SVHN in per cent. From the
tables of Salimans et al. 2016, arXiv:1606.03498 (Improved GAN, its ensembles, and of
the others those that it cites); Triple-GAN: Li et al. 2017, arXiv:1703.02291, and Li et
al. 2021, arXiv:1912.09784 (v2); Bad GAN: Dai et al. 2017, arXiv:1705.09783; VAT: Miyato
et al. 2018, arXiv:1704.03976; manifold regularization: Lecouat et al. 2018,
arXiv:1805.08957.
"""

PUBLISHED = {
    "mnist": {
        "Improved GAN": {
            20: (1677, 452),
            50: (221, 136),
            100: (93, 6.5),
            200: (90, 4.2),
        },
        "Improved GAN, ensemble of 10": {
            20: (1134, 445),
            50: (142, 96),
            100: (86, 5.6),
            200: (81, 4.3),
        },
        "DGN": {100: (333, None)},
        "CatGAN": {100: (191, None)},
        "VAT": {100: (136, None)},
        "SDGM": {100: (132, 7)},
        "ADGM": {100: (96, 2)},
        "Ladder": {50: (162, 65), 100: (106, 37)},
        "Triple-GAN": {20: (481, 495), 50: (156, 72), 100: (91, 58), 200: (67, 16)},
        "Bad GAN": {100: (79.5, 9.8)},
    },
    "cifar10": {
        "Improved GAN": {
            1000: (21.83, 2.01),
            2000: (19.61, 2.09),
            4000: (18.63, 2.32),
            8000: (17.72, 1.82),
        },
        "Improved GAN, ensemble of 10": {
            1000: (19.22, 0.54),
            2000: (17.25, 0.66),
            4000: (15.59, 0.47),
            8000: (14.87, 0.89),
        },
        "Ladder": {4000: (20.40, None)},
        "CatGAN": {4000: (19.58, None)},
        "ALI": {
            1000: (19.98, None),
            2000: (19.09, None),
            4000: (17.99, None),
            8000: (17.05, None),
        },
        "VAT": {4000: (14.87, None)},
        "Bad GAN": {4000: (14.41, None)},
        "Manifold regularization": {4000: (14.45, None)},
        "Triple-GAN v2, augmentation": {1000: (15.00, None), 4000: (10.01, None)},
    },
    "svhn_cropped": {
        "Improved GAN": {500: (18.44, 4.8), 1000: (8.11, 1.3), 2000: (6.16, 0.58)},
        "Improved GAN, ensemble of 10": {1000: (5.88, 1.0)},
        "DGN": {1000: (36.02, None)},
        "ADGM": {1000: (22.86, None)},
        "SDGM": {1000: (16.61, None)},
        "ALI": {1000: (7.42, None)},
        "VAT": {1000: (6.83, None)},
        "Bad GAN": {1000: (4.25, None)},
        "Manifold regularization": {1000: (4.51, None)},
    },
}

# Inception scores on CIFAR-10: mean, and standard deviation over ten parts of 50,000
# samples. Salimans et al. 2016, table 3.
REAL_IMAGES = 11.24
SAMPLES = {
    "all techniques": (8.09, 0.07),
    "batch normalization for virtual": (7.54, 0.07),
    "historical averaging for labels": (6.86, 0.06),
    "no label smoothing": (6.83, 0.06),
    "no labels": (4.36, 0.04),
    "no minibatch features": (3.87, 0.03),
}
