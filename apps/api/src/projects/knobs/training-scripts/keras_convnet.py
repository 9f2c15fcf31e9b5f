# As keras.io's mnist_convnet: constants between the steps, a shape that is a tuple.
# found: num_classes=10 batch_size=128 epochs=15
# missed: input_shape=(28, 28, 1) (a tuple)
"""
Title: Simple MNIST convnet
"""
import keras
from keras import layers

# Model / data parameters
num_classes = 10
input_shape = (28, 28, 1)

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
y_train = keras.utils.to_categorical(y_train, num_classes)

model = keras.Sequential([keras.Input(shape=input_shape), layers.Flatten(),
                          layers.Dropout(0.5), layers.Dense(num_classes, activation="softmax")])

batch_size = 128
epochs = 15

model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, validation_split=0.1)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test accuracy:", score[1])
