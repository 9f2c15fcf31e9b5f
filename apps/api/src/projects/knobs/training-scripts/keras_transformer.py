# As keras.io's image_classification_with_vision_transformer: derived constants, a list of units.
# found: num_classes=100 learning_rate=0.001 weight_decay=0.0001 batch_size=256 num_epochs=10 image_size=72
# found: patch_size=6 projection_dim=64 num_heads=4 transformer_layers=8
# missed: num_patches=144 (an expression) mlp_head_units=[2048, 1024] (a list)
import keras

num_classes = 100
input_shape = (32, 32, 3)
learning_rate = 0.001
weight_decay = 0.0001
batch_size = 256
num_epochs = 10  # For real training, use num_epochs=100. 10 is a test value
image_size = 72  # We'll resize input images to this size
patch_size = 6  # Size of the patches to be extract from the input images
num_patches = (image_size // patch_size) ** 2
projection_dim = 64
num_heads = 4
transformer_units = [
    projection_dim * 2,
    projection_dim,
]  # Size of the transformer layers
transformer_layers = 8
mlp_head_units = [
    2048,
    1024,
]  # Size of the dense layers of the final classifier


def run_experiment(model):
    optimizer = keras.optimizers.AdamW(learning_rate=learning_rate, weight_decay=weight_decay)
    model.compile(optimizer=optimizer)
    return model.fit(batch_size=batch_size, epochs=num_epochs)
