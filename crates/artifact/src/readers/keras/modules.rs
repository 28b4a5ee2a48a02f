//! What the callables that a Keras configuration names would be: of Keras itself, of a known package, or of
//! anything else that Python can import.

/// Whether `module` is `package` or lies inside it.
pub(super) fn within(module: &str, package: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Keras itself, under all the names it has had.
pub(super) fn is_keras(module: &str) -> bool {
    const KERAS: &[&str] = &[
        "keras",
        "keras_core",
        "tf_keras",
        "tensorflow.keras",
        "tensorflow.python.keras",
        "tensorflow.python.feature_column",
        "tensorflow.python.training",
        "keras_preprocessing",
    ];
    KERAS.iter().any(|package| within(module, package)) || module.starts_with("tensorflow.python.keras.")
}

/// Packages that publish layers, losses and metrics for Keras. Their classes need the package, and nothing
/// in the file decides what they do.
pub(super) fn is_layer_package(module: &str) -> bool {
    const PACKAGES: &[&str] = &[
        "keras_nlp",
        "keras_hub",
        "keras_cv",
        "keras_rs",
        "keras_tuner",
        "autokeras",
        "keras_contrib",
        "keras_bert",
        "keras_self_attention",
        "keras_layer_normalization",
        "keras_transformer",
        "keras_retinanet",
        "keras_unet_collection",
        "keras_vggface",
        "keras_pos_embd",
        "keras_embed_sim",
        "keras_position_wise_feed_forward",
        "keras_multi_head",
        "keras_adabound",
        "keras_radam",
        "keras_resnet",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_text",
        "tensorflow_probability",
        "tensorflow_model_optimization",
        "tensorflow_quantum",
        "tensorflow_recommenders",
        "tensorflow_decision_forests",
        "tensorflow_gnn",
        "tensorflow_ranking",
        "tensorflow_lattice",
        "official",
        "transformers",
        "spektral",
        "stellargraph",
        "qkeras",
        "hls4ml",
        "efficientnet",
        "segmentation_models",
        "classification_models",
        "larq",
        "tcn",
        "tfimm",
        "vit_keras",
        "kapre",
        "deepctr",
        "imageai",
        "ultralytics",
    ];
    PACKAGES.iter().any(|package| within(module, package))
}

/// Functions and classes of Keras and TensorFlow that do more than compute: they fetch, load, save or
/// change what loading allows. Compared with the last name only, because every one has several paths.
pub(super) fn reaches_out(name: &str) -> Option<&'static str> {
    Some(match name {
        "enable_unsafe_deserialization" => "turns off the check that refuses code in model files",
        "get_file" | "get_file_from_google" | "download" => "downloads a file and may unpack it",
        "load_model"
        | "load_weights"
        | "load_model_weights"
        | "model_from_json"
        | "model_from_yaml"
        | "model_from_config"
        | "deserialize_keras_object"
        | "from_pretrained"
        | "import_meta_graph"
        | "load_model_from_hub" => "loads another model",
        "save_model" | "save_weights" | "save_img" | "export_model" | "write_file" | "save_to_file" | "plot_model"
        | "model_to_dot" => "writes a file",
        "load_img"
        | "read_file"
        | "load_data"
        | "image_dataset_from_directory"
        | "text_dataset_from_directory"
        | "audio_dataset_from_directory"
        | "timeseries_dataset_from_directory"
        | "load_vocabulary"
        | "matching_files" => "reads files",
        "func_load"
        | "py_function"
        | "numpy_function"
        | "py_func"
        | "eager_py_func"
        | "load_op_library"
        | "load_library"
        | "load_plugin"
        | "load_pluggable_device_library" => "runs code from outside TensorFlow",
        "register_keras_serializable"
        | "clear_session"
        | "set_floatx"
        | "set_backend"
        | "run_command"
        | "extract_archive"
        | "unpack" => "changes the state of the process",
        _ => return None,
    })
}

/// Whether a *function* of this Keras module is something a model computes with. Models name activations,
/// losses and the like; a function of `keras.utils` or `keras.saving` in a model is not honest.
pub(super) fn has_model_functions(module: &str) -> bool {
    const NOT: &[&str] = &[
        "utils",
        "saving",
        "config",
        "models",
        "datasets",
        "preprocessing",
        "callbacks",
        "distribution",
        "tree",
        "export",
        "wrappers",
        "visualization",
        "legacy",
        "trainers",
        "testing",
        "engine",
        "api",
        "applications",
    ];
    let part =
        module.split('.').filter(|part| !matches!(*part, "tensorflow" | "python" | "src" | "api" | "_tf_keras")).nth(1);
    !part.is_some_and(|part| NOT.contains(&part))
}

/// A top-level module of Python's standard library, or a package whose functions start processes, open
/// connections or unpickle. No layer lives there.
pub(super) fn never_holds_layers(module: &str) -> bool {
    let top = module.split('.').next().unwrap_or_default();
    STANDARD_LIBRARY.split_ascii_whitespace().any(|name| name == top)
        || "numpy pandas scipy joblib cloudpickle dill pickle5 requests urllib3 httpx aiohttp paramiko fabric yaml setuptools \
            pip pkg_resources distutils wheel IPython ipykernel jupyter pytest py _pytest psutil pexpect ptyprocess sh plumbum \
            boto3 botocore fsspec gdown huggingface_hub torch torchvision jax jaxlib cffi pywin32 win32api win32com nt win32process"
            .split_ascii_whitespace()
            .any(|name| name == top)
}

/// Top-level modules of CPython 2.7 and 3.6 to 3.14.
const STANDARD_LIBRARY: &str = "__builtin__ __future__ __hello__ __phello__ _abc _aix_support _android_support _apple_support \
    _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _collections _collections_abc _colorize _compat_pickle \
    _compression _contextvars _crypt _csv _ctypes _curses _datetime _dbm _decimal _elementtree _frozen_importlib \
    _frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _interpreters _io _ios_support _json _locale _lsprof _lzma \
    _markupbase _md5 _msi _multibytecodec _multiprocessing _opcode _operator _osx_support _overlapped _pickle _posixshmem \
    _posixsubprocess _py_abc _pydatetime _pydecimal _pyio _pylong _pyrepl _queue _random _scproxy _sha1 _sha2 _sha3 _signal \
    _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig \
    _testcapi _thread _threading_local _tkinter _tokenize _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi \
    _wmi _zoneinfo abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb \
    binascii binhex bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys \
    commands compileall compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses \
    dataclasses datetime dbm decimal difflib dis distutils doctest dummy_threading email encodings ensurepip enum errno \
    faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt getpass gettext glob \
    graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json \
    keyword lib2to3 linecache locale logging lzma macpath mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt \
    multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb \
    pickle pickletools pipes pkgutil platform plistlib popen2 poplib posix posixpath pprint profile pstats pty pwd py_compile \
    pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select \
    selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants \
    sre_parse ssl stat statistics string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny \
    tarfile telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback \
    tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib urllib2 uu uuid venv warnings wave weakref \
    webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_packages_by_whole_names() {
        assert!(
            is_keras("keras.src.layers.core") && is_keras("tensorflow.python.keras.layers.core") && is_keras("keras")
        );
        assert!(!is_keras("keras_evil.layers") && !is_keras("kerasx") && !is_keras("tensorflow.io"));
        assert!(never_holds_layers("os") && never_holds_layers("urllib.request") && !never_holds_layers("oslo"));
        assert!(is_layer_package("keras_hub.src.models") && !is_layer_package("keras_hub2"));
    }

    #[test]
    fn functions_of_a_model_come_from_where_models_compute() {
        for module in ["keras.activations", "keras.src.losses.losses", "keras", "keras.ops", "tensorflow.keras.backend"]
        {
            assert!(has_model_functions(module), "{module}");
        }
        for module in ["keras.utils", "keras.src.utils.file_utils", "keras.config", "tensorflow.python.keras.saving"] {
            assert!(!has_model_functions(module), "{module}");
        }
    }
}
