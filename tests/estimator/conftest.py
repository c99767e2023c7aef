import numpy as np
import pytest
from stand_in import untrained  # noqa: F401  A fixture.
from tiny import TINY_GAME

from ssgan import SSGANClassifier

# scikit-learn's checks that train many times, on arrays of many types, or that look at
# what class weights do, which one of our own tests looks at, too.
TRAIN_OFTEN = (
    "check_class_weight_classifiers",
    "check_transformer_data_not_an_array",
    "check_transformer_general",
    "check_classifiers_classes",
    "check_classifier_data_not_an_array",
    "check_classifiers_train(readonly_memmap=True",
    "check_estimators_dtypes",
    "check_pipeline_consistency",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if any(check in item.name for check in TRAIN_OFTEN):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def blobs():
    """Three clouds of points, six of them labeled with words."""
    rng = np.random.default_rng(0)
    codes = np.arange(90) % 3
    x = (rng.normal(size=(90, 4)) + 3 * codes[:, None]).astype("float32")
    names = np.array(["ash", "beech", "cedar"], dtype=object)[codes]
    y = names.copy()
    y[6:] = -1
    return x, y, names


@pytest.fixture(scope="session")
def fitted(blobs):
    """Tests leave it as it is."""
    return SSGANClassifier(TINY_GAME, random_state=0).fit(*blobs[:2])
