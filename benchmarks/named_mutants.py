"""Mistakes that tests once let pass, for mutants.py; each is now killed by a test."""

# Module, code, what it becomes, and the tests that see it.
NAMED = [
    (
        "ssgan/training/loop.py",  # A resumed run starts its data at 0.
        "start=start * parts,",
        "start=0,",
        "tests/training/test_resume.py::test_resumed_run_is_the_uninterrupted_one",
    ),
    (
        "ssgan/estimator/training_set.py",  # Labels of another example.
        "codes_of(y_validation, classes, len(x_validation))",
        "codes_of(y_validation, classes, len(x_validation))[::-1]",
        "tests/estimator/test_inputs.py"
        "::test_validation_labels_stay_with_their_examples",
    ),
    (
        "ssgan/evaluation/fit_plan.py",
        "held_out = take(data.x_train, held), y[held]",
        "held_out = take(data.x_train, held), np.roll(y[held], 1)",
        "tests/test_train_to_folder_states.py"
        "::test_labels_held_out_stay_with_their_examples",
    ),
    (
        "ssgan/training/loop.py",
        "for k in sorted(class_weight)]",
        "for k in sorted(class_weight)[::-1]]",
        "tests/estimator/test_classifier.py::test_class_weight_moves_the_decision",
    ),
    (
        "ssgan/stats/calibration.py",  # Errors of bins cancel.
        "float(np.abs(sum_confidence - sum_correct).sum()",
        "float(np.abs((sum_confidence - sum_correct).sum())",
        "tests/stats/test_calibration.py",
    ),
    (
        "ssgan/stats/calibration.py",
        "(confidence * BINS).astype(int)",
        "(confidence * BINS + 0.5).astype(int)",
        "tests/stats/test_calibration.py",
    ),
    (
        "ssgan/training/unfinished.py",  # Neither restored nor resumed.
        '[model.optimizer, getattr(model, "generator_optimizer", None)]',
        "[model.optimizer]",
        "tests/training/test_monitor.py"
        "::test_everything_that_training_changes_is_restored",
    ),
    (
        "ssgan/evaluation/evaluate.py",
        "matrix[index[true], index[predicted]] += 1",
        "matrix[index[predicted], index[true]] += 1",
        "tests/pages/test_error_sections.py",
    ),
    (
        "ssgan/pages/error_sections.py",
        "_examples(data, evaluation, order[::-1], raw_range)",
        "_examples(data, evaluation, order, raw_range)",
        "tests/pages/test_error_sections.py",
    ),
    (
        "ssgan/suggestions.py",
        'few = np.argsort(margins, kind="stable")',
        'few = np.argsort(-margins, kind="stable")',
        "tests/test_suggestions.py"
        "::test_uncertain_examples_are_those_of_scikit_activeml",
    ),
]
