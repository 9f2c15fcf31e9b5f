# As the examples of flax: a function that fills a config object, which is not read.
# found: none
# missed: learning_rate=0.1 momentum=0.9 batch_size=128 num_epochs=10 (attributes of an object)
"""Default Hyperparameter configuration."""

import ml_collections


def get_config():
    """Get the default hyperparameter configuration."""
    config = ml_collections.ConfigDict()

    config.learning_rate = 0.1
    config.momentum = 0.9
    config.batch_size = 128
    config.num_epochs = 10
    return config


def metrics():
    return []
