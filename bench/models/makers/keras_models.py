"""keras: `.keras`, HDF5 and weight files of models with many layer kinds, and flax and TensorFlow files."""

from __future__ import annotations

from typing import Any

from . import Collector, need


def make(collector: Collector) -> None:
    collector.run("keras", keras_models)
    collector.run("tensorflow", tensorflow_models)
    collector.run("flax", flax_models)


def keras_models(collector: Collector) -> None:
    keras, np = need("keras"), need("numpy")
    layers = keras.layers

    def dense() -> Any:
        model = keras.Sequential([layers.Input((4,)), layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)), layers.BatchNormalization(), layers.Dropout(0.1), layers.Dense(2, activation="softmax")])
        model.compile(keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)), loss="sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)])
        model.fit(np.random.default_rng(0).normal(size=(8, 4)), np.arange(8) % 2, epochs=1, verbose=0)
        return model

    def image() -> Any:
        return keras.Sequential([layers.Input((16, 16, 3)), layers.Rescaling(1 / 255), layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.Conv2D(4, 3, padding="same"), layers.MaxPooling2D(), layers.SeparableConv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)])

    def text() -> Any:
        return keras.Sequential([layers.Input((6,)), layers.Embedding(20, 4, mask_zero=True), layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.GRU(3), layers.Dense(1)])

    def attention() -> Any:
        x = keras.Input((6, 8), name="tokens")
        y = layers.MultiHeadAttention(2, 4)(x, x)
        y = layers.LayerNormalization()(layers.Add()([x, y]))
        return keras.Model(x, layers.Dense(2, activation=keras.activations.gelu)(layers.Flatten()(y)), name="encoder")

    def preprocessing() -> Any:
        scale = layers.Normalization()
        scale.adapt(np.random.default_rng(0).normal(size=(8, 3)))
        x = keras.Input((3,))
        return keras.Model(x, layers.Dense(1)(layers.Discretization([0.0, 1.0])(scale(x))))

    def arithmetic() -> Any:
        x = keras.Input((3,))
        return keras.Model(x, keras.ops.exp(keras.ops.sum(x * 2 + 1, axis=-1)))

    def two_inputs() -> Any:
        a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
        shared = layers.Dense(4, name="shared")
        joined = layers.Concatenate()([shared(a), layers.Dense(4)(b)])
        return keras.Model([a, b], [layers.Dense(1, name="first")(joined), layers.Dense(1, activation="sigmoid", name="second")(joined)])

    def lookup() -> Any:
        x = keras.Input((1,), dtype="string")
        y = layers.StringLookup(vocabulary=["cat", "dog"])(x)
        return keras.Model(x, layers.Embedding(4, 2)(y))

    def vectorizer() -> Any:
        x = keras.Input((), dtype="string")
        return keras.Model(x, layers.TextVectorization(vocabulary=["good", "bad"], output_sequence_length=4)(x))

    builders = {"dense": dense, "image": image, "text": text, "attention": attention, "preprocessing": preprocessing, "arithmetic": arithmetic, "two_inputs": two_inputs, "lookup": lookup, "vectorizer": vectorizer, "mobilenet": lambda: keras.applications.MobileNetV3Small(weights=None, input_shape=(32, 32, 3), alpha=0.35, classes=3)}
    for name, build in builders.items():
        try:
            model = build()
        except Exception as error:  # strings need the TensorFlow backend
            collector.fail(f"keras/{name}", error)
            continue
        collector.save("keras", f"{name}.keras", "keras-zip", lambda path, model=model: model.save(str(path)))
        collector.save("keras", f"{name}.h5", "keras-h5", lambda path, model=model: model.save(str(path)))
        collector.save("keras", f"{name}.weights.h5", "keras-weights", lambda path, model=model: model.save_weights(str(path)))
        collector.save("keras", f"{name}.json", "keras-json", lambda path, model=model: path.write_text(model.to_json()))
        if name in ("dense", "attention"):
            collector.pickled("keras", name, lambda model=model: model, protocols=(2, 4), joblib=("none",))


def tensorflow_models(collector: Collector) -> None:
    tf = need("tensorflow")
    keras, np = need("keras"), need("numpy")
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])

    class Module(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable(np.ones((4, 2), "f4"))
            self.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)

        @tf.function(input_signature=[tf.TensorSpec([None, 4])])
        def __call__(self, x: Any) -> Any:
            if tf.reduce_sum(x) > 0:
                return tf.matmul(x, self.w)
            return tf.nn.relu(tf.matmul(x, self.w))

    def concrete() -> Any:
        return tf.lite.TFLiteConverter.from_keras_model(model)

    def quantized() -> bytes:
        converter = concrete()
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        return converter.convert()

    collector.save("tensorflow", "module", "tf-savedmodel", lambda path: tf.saved_model.save(Module(), str(path)))
    collector.save("tensorflow", "keras_export", "tf-savedmodel", lambda path: model.export(str(path), verbose=False))
    collector.save("tensorflow", "checkpoint", "tf-checkpoint", lambda path: tf.train.Checkpoint(model=model).write(str(path)))
    collector.save("tensorflow", "model.tflite", "tflite", lambda path: path.write_bytes(concrete().convert()))
    collector.save("tensorflow", "quantized.tflite", "tflite", lambda path: path.write_bytes(quantized()))
    graph = tf.function(lambda x: tf.nn.softmax(x)).get_concrete_function(tf.TensorSpec([None, 4])).graph.as_graph_def()
    collector.save("tensorflow", "frozen.pb", "tf-graphdef", lambda path: path.write_bytes(graph.SerializeToString()))
    collector.save("tensorflow", "frozen.pbtxt", "text", lambda path: path.write_text(str(graph)))
    collector.save("tensorflow", "records.tfrecord", "tfrecord", lambda path: _records(tf, path))


def _records(tf: Any, path: Any) -> None:
    with tf.io.TFRecordWriter(str(path)) as writer:
        for number in range(3):
            writer.write(tf.train.Example(features=tf.train.Features(feature={"x": tf.train.Feature(int64_list=tf.train.Int64List(value=[number]))})).SerializeToString())


def flax_models(collector: Collector) -> None:
    flax, jax = need("flax"), need("jax")
    serialization, linen, jnp = need("flax.serialization"), need("flax.linen"), need("jax.numpy")
    model = linen.Sequential([linen.Dense(8), linen.relu, linen.Dense(2)])
    params = model.init(jax.random.PRNGKey(0), jnp.ones((1, 4)))
    half = jax.tree.map(lambda x: x.astype(jnp.bfloat16), params)
    collector.save("flax", "flax_model.msgpack", "flax-msgpack", lambda path: path.write_bytes(serialization.to_bytes(params)))
    collector.save("flax", "bfloat16.msgpack", "flax-msgpack", lambda path: path.write_bytes(serialization.to_bytes(half)))
    collector.save("flax", "mixed.msgpack", "flax-msgpack", lambda path: path.write_bytes(serialization.msgpack_serialize({"step": 3, "z": 1 + 2j, "scale": __import__("numpy").float32(0.5), "tree": {"0": jnp.arange(3)}})))
    collector.pickled("flax", "params", lambda: params, protocols=(2, 4))
    collector.pickled("flax", "numpy_params", lambda: jax.tree.map(__import__("numpy").asarray, params), protocols=(2, 4))
    collector.pickled("flax", "frozen", lambda: flax.core.freeze(params), protocols=(2, 4))
    collector.pickled("flax", "module", lambda: model, protocols=(4,))
    collector.pickled("flax", "bfloat16", lambda: half, protocols=(4,))
    optax = need("optax")
    collector.pickled("flax", "optimizer", lambda: optax.adam(0.1).init(params), protocols=(4,))
