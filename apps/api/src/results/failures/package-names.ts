/** Modules whose package has another name on PyPI. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['attr', 'attrs'],
  ['bs4', 'beautifulsoup4'],
  ['cv2', 'opencv-python-headless'],
  ['Crypto', 'pycryptodome'],
  ['dateutil', 'python-dateutil'],
  ['dotenv', 'python-dotenv'],
  ['faiss', 'faiss-cpu'],
  ['fitz', 'PyMuPDF'],
  ['git', 'GitPython'],
  ['google.protobuf', 'protobuf'],
  ['igraph', 'python-igraph'],
  ['lightning_fabric', 'lightning'],
  ['mpl_toolkits', 'matplotlib'],
  ['OpenGL', 'PyOpenGL'],
  ['PIL', 'Pillow'],
  ['pkg_resources', 'setuptools'],
  ['pytorch_lightning', 'pytorch-lightning'],
  ['serial', 'pyserial'],
  ['skimage', 'scikit-image'],
  ['sklearn', 'scikit-learn'],
  ['tensorboardX', 'tensorboardX'],
  ['umap', 'umap-learn'],
  ['yaml', 'PyYAML'],
]);

/** What pip installs for a Python module; a guess, since nothing but PyPI knows. */
export function packageOf(module: string): string {
  const [first = module] = module.split('.');
  return OTHER_NAMES.get(module) ?? OTHER_NAMES.get(first) ?? first;
}
