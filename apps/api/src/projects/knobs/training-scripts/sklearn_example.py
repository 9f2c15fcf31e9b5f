# As scikit-learn's plot_mlp examples: a few constants, most settings in calls.
# found: n_samples=200 h=0.02
# missed: alphas=logspace (an expression) max_iter=2000 (a literal in a call)
"""
================================================
Varying regularization in Multi-layer Perceptron
================================================
"""

# Authors: The scikit-learn developers
# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

n_samples = 200
h = 0.02  # step size in the mesh

alphas = np.logspace(-1, 1, 5)

classifiers = []
names = []
for alpha in alphas:
    classifiers.append(
        make_pipeline(StandardScaler(), MLPClassifier(solver="lbfgs", alpha=alpha, random_state=1, max_iter=2000))
    )
    names.append(f"alpha {alpha:.2f}")

X, y = make_moons(n_samples, noise=0.3, random_state=0)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=42)
for name, clf in zip(names, classifiers):
    clf.fit(X_train, y_train)
    score = clf.score(X_test, y_test)
    print(name, score)
