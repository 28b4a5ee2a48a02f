"""Language tools, reinforcement learning, graph networks and other frameworks with files of their own."""

from __future__ import annotations

from typing import Any

from . import Collector, need
from .estimators import TEXTS, data
from .torch_values import network, saved

SENTENCES = [t.split() for t in TEXTS]


def make(collector: Collector) -> None:
    for part in (spacy_models, gensim_models, nltk_models, shap_values, reinforcement, graph_networks, skorch_models, lightning, river_models, apple, paddle, processes, probabilistic):
        collector.run(part.__name__, part)


def spacy_models(collector: Collector) -> None:
    spacy = need("spacy")
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    labels = nlp.add_pipe("textcat")
    labels.add_label("POS")
    labels.add_label("NEG")
    nlp.initialize()
    rules = spacy.blank("de")
    rules.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Acme"}])
    for name, pipe in (("textcat", nlp), ("ruler", rules)):
        collector.save("spacy", name, "spacy", lambda path, pipe=pipe: pipe.to_disk(path))
        collector.save("spacy", f"{name}.bytes", "spacy-bytes", lambda path, pipe=pipe: path.write_bytes(pipe.to_bytes()))
        collector.pickled("spacy", name, lambda pipe=pipe: pipe, protocols=(4, 5))
    collector.pickled("spacy", "doc", lambda: nlp("A good movie."), protocols=(4,))
    collector.save("spacy", "docs.spacy", "spacy-docbin", lambda path: need("spacy.tokens").DocBin(docs=[nlp("good")]).to_disk(path))
    collector.pickled("spacy", "vocab", lambda: nlp.vocab, protocols=(4,))


def gensim_models(collector: Collector) -> None:
    models, corpora = need("gensim.models"), need("gensim.corpora")
    words = corpora.Dictionary(SENTENCES)
    bags = [words.doc2bow(s) for s in SENTENCES]
    builders = {
        "word2vec": lambda: models.Word2Vec(SENTENCES, vector_size=8, min_count=1, epochs=1),
        "fasttext": lambda: models.FastText(SENTENCES, vector_size=8, min_count=1, epochs=1, bucket=100),
        "doc2vec": lambda: models.Doc2Vec([models.doc2vec.TaggedDocument(s, [i]) for i, s in enumerate(SENTENCES)], vector_size=8, min_count=1, epochs=1),
        "lda": lambda: models.LdaModel(bags, num_topics=2, id2word=words, passes=1),
        "lsi": lambda: models.LsiModel(bags, num_topics=2, id2word=words),
        "tfidf": lambda: models.TfidfModel(bags),
        "phrases": lambda: models.Phrases(SENTENCES, min_count=1),
        "vectors": lambda: models.Word2Vec(SENTENCES, vector_size=8, min_count=1, epochs=1).wv,
        "dictionary": lambda: words,
    }
    for name, build in builders.items():
        collector.save("gensim", f"{name}.model", "gensim", lambda path, build=build: build().save(str(path)))
        collector.pickled("gensim", name, build, protocols=(2, 4))
    collector.save("gensim", "vectors.bin", "word2vec", lambda path: builders["vectors"]().save_word2vec_format(str(path), binary=True))
    collector.save("gensim", "vectors.txt", "word2vec", lambda path: builders["vectors"]().save_word2vec_format(str(path)))


def nltk_models(collector: Collector) -> None:
    nltk = need("nltk")
    tagged = [[("a", "DT"), ("movie", "NN")], [("good", "JJ"), ("plot", "NN")]]
    builders = {
        "bayes": lambda: nltk.NaiveBayesClassifier.train([({"w": "good"}, 1), ({"w": "bad"}, 0)]),
        "tagger": lambda: nltk.BigramTagger(tagged, backoff=nltk.DefaultTagger("NN")),
        "frequencies": lambda: [nltk.FreqDist("abc"), nltk.ConditionalFreqDist([("a", 1)])],
        "stemmers": lambda: [nltk.PorterStemmer(), nltk.RegexpTokenizer(r"\w+"), nltk.SnowballStemmer("english")],
        "punkt": lambda: need("nltk.tokenize.punkt").PunktSentenceTokenizer("A text. It has dots. Mr. X."),
        "tree": lambda: nltk.Tree("S", ["a", nltk.Tree("NP", ["b"])]),
        "hmm": lambda: need("nltk.tag.hmm").HiddenMarkovModelTrainer(["DT", "NN"], ["a", "movie"]).train_supervised(tagged[:1]),
        "decision_tree": lambda: nltk.DecisionTreeClassifier.train([({"w": "good"}, 1), ({"w": "bad"}, 0)]),
        "language_model": lambda: fitted_language_model(),
    }
    for name, build in builders.items():
        collector.pickled("nltk", name, build, protocols=(0, 2, 4))


def fitted_language_model() -> Any:
    lm, pipeline = need("nltk.lm"), need("nltk.lm.preprocessing")
    train, vocabulary = pipeline.padded_everygram_pipeline(2, SENTENCES[:3])
    model = lm.Laplace(2)
    model.fit(train, vocabulary)
    return model


def shap_values(collector: Collector) -> None:
    shap = need("shap")
    from sklearn.ensemble import RandomForestClassifier

    features, labels, _ = data()
    model = RandomForestClassifier(3).fit(features, labels)
    collector.pickled("shap", "tree_explainer", lambda: shap.TreeExplainer(model), protocols=(4,), joblib=("none",))
    collector.pickled("shap", "values", lambda: shap.TreeExplainer(model)(features[:4]), protocols=(2, 4))
    collector.pickled("shap", "linear", lambda: shap.LinearExplainer(need("sklearn.linear_model").LogisticRegression().fit(features, labels), features), protocols=(4,))


def reinforcement(collector: Collector) -> None:
    sb3, gym = need("stable_baselines3"), need("gymnasium")
    for name, kind in (("ppo", sb3.PPO), ("dqn", sb3.DQN), ("a2c", sb3.A2C)):
        collector.save("stable-baselines3", f"{name}.zip", "sb3-zip", lambda path, kind=kind: kind("MlpPolicy", gym.make("CartPole-v1"), device="cpu").save(str(path)))
    collector.pickled("stable-baselines3", "spaces", lambda: [gym.spaces.Box(0, 1, (2,)), gym.spaces.Discrete(3), gym.spaces.Dict(a=gym.spaces.Discrete(2))], protocols=(4,))
    collector.pickled("stable-baselines3", "normalize", lambda: need("stable_baselines3.common.running_mean_std").RunningMeanStd(shape=(3,)), protocols=(4,))


def graph_networks(collector: Collector) -> None:
    pyg, torch = need("torch_geometric"), need("torch")
    graph = need("torch_geometric.data").Data(x=torch.randn(4, 3), edge_index=torch.tensor([[0, 1], [1, 2]]))
    saved(collector, "data", lambda: graph, framework="pyg")
    saved(collector, "gcn", lambda: pyg.nn.GCN(3, 8, 2), framework="pyg")
    saved(collector, "gat", lambda: pyg.nn.GATConv(3, 4), framework="pyg")
    saved(collector, "batch", lambda: pyg.data.Batch.from_data_list([graph, graph]), framework="pyg")


def skorch_models(collector: Collector) -> None:
    skorch, torch, np = need("skorch"), need("torch"), need("numpy")
    features, labels, _ = data()
    build = lambda: skorch.NeuralNetClassifier(torch.nn.Sequential(torch.nn.Linear(5, 2), torch.nn.Softmax(-1)), max_epochs=1, verbose=0).fit(features.astype("f4"), labels.astype("i8"))  # noqa: E731
    collector.pickled("skorch", "classifier", build, protocols=(2, 4), joblib=("none",))
    del np


def lightning(collector: Collector) -> None:
    pl, torch = need("pytorch_lightning"), need("torch")

    class Small(pl.LightningModule):
        def __init__(self, width: int = 8) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.body = network()

        def training_step(self, batch: Any, _: int) -> Any:
            return self.body(batch[0]).sum()

        def configure_optimizers(self) -> Any:
            made = torch.optim.Adam(self.parameters())
            return [made], [torch.optim.lr_scheduler.StepLR(made, 1)]

    def write(path: Any) -> None:
        trainer = pl.Trainer(max_epochs=1, accelerator="cpu", logger=False, enable_progress_bar=False, enable_checkpointing=True, default_root_dir=".")
        trainer.fit(Small(), torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(8, 8)), batch_size=4))
        trainer.save_checkpoint(str(path))

    collector.save("lightning", "epoch.ckpt", "torch-zip", write)


def river_models(collector: Collector) -> None:
    need("river")
    from river import linear_model, preprocessing, tree

    def build() -> Any:
        model = preprocessing.StandardScaler() | linear_model.LogisticRegression()
        for value in range(5):
            model.learn_one({"x": value}, value > 2)
        return model

    collector.pickled("river", "pipeline", build, protocols=(2, 4))
    collector.pickled("river", "tree", lambda: tree.HoeffdingTreeClassifier(), protocols=(4,))


def apple(collector: Collector) -> None:
    tools, torch = need("coremltools"), need("torch")
    traced = torch.jit.trace(network().eval(), torch.randn(1, 8))
    shape = [tools.TensorType(shape=(1, 8))]
    collector.save("coremltools", "network.mlmodel", "coreml", lambda path: tools.convert(traced, inputs=shape, convert_to="neuralnetwork").save(str(path)))
    collector.save("coremltools", "program.mlpackage", "coreml", lambda path: tools.convert(traced, inputs=shape, convert_to="mlprogram").save(str(path)))


def paddle(collector: Collector) -> None:
    paddle = need("paddle")
    layer = paddle.nn.Sequential(paddle.nn.Linear(4, 4), paddle.nn.ReLU())
    plan = paddle.optimizer.Adam(parameters=layer.parameters())
    collector.save("paddlepaddle", "model.pdparams", "paddle", lambda path: paddle.save(layer.state_dict(), str(path)))
    collector.save("paddlepaddle", "model.pdopt", "paddle", lambda path: paddle.save(plan.state_dict(), str(path)))
    collector.save("paddlepaddle", "inference", "paddle", lambda path: paddle.jit.save(paddle.jit.to_static(layer, input_spec=[paddle.static.InputSpec([None, 4])]), str(path / "model")))


def processes(collector: Collector) -> None:
    gpytorch, torch = need("gpytorch"), need("torch")
    kernel = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())
    saved(collector, "kernel", lambda: kernel, framework="gpytorch", legacy=False)
    collector.save("gpytorch", "state.pth", "torch-zip", lambda path: torch.save(kernel.state_dict(), path))


def probabilistic(collector: Collector) -> None:
    pyro, torch = need("pyro"), need("torch")
    pyro.clear_param_store()
    pyro.param("scale", torch.tensor(1.0))
    collector.save("pyro-ppl", "params.save", "torch-zip", lambda path: pyro.get_param_store().save(str(path)))
