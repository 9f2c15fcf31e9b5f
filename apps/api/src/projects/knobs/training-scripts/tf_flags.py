# As TensorFlow models and DeepMind code: flags of absl.
# found: data_dir="/tmp/mnist" learning_rate=0.0001 batch_size=100 num_train_steps=100000 dropout_rate=0.2
# found: do_train=true optimizer="adam" replicas=1
# missed: output_dir=None (no value) hidden_layer_dims=["256", "128"] (a list)
from absl import app
from absl import flags

FLAGS = flags.FLAGS

flags.DEFINE_string("data_dir", "/tmp/mnist", "The input data directory.")
flags.DEFINE_string("output_dir", None, "Output directory for models.")
flags.DEFINE_float("learning_rate", 1e-4,
                   "The initial learning rate for Adam.")
flags.DEFINE_integer("batch_size", 100, help="Batch size")
flags.DEFINE_integer("num_train_steps", 100_000, "Number of training steps.")
flags.DEFINE_float("dropout_rate", 0.2, help="Dropout rate")
flags.DEFINE_bool("do_train", True, "Whether to run training.")
flags.DEFINE_enum("optimizer", "adam", ["adam", "sgd"], "Which optimizer.")
flags.DEFINE_list("hidden_layer_dims", ["256", "128"], "Sizes for hidden layers.")
_REPLICAS = flags.DEFINE_integer('replicas', 1, 'Number of replicas.')


def main(_):
    if FLAGS.do_train:
        print(FLAGS.learning_rate)


if __name__ == "__main__":
    flags.mark_flag_as_required("output_dir")
    app.run(main)
