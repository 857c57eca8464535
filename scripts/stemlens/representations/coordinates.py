"""Coordinates of a layer's vectors, from their scalar products alone."""

import numpy as np

from stemlens.similarity.gram import PRODUCT_ROUNDING


class Coordinates:
    """Principal axes of reference vectors, and coordinates along them.

    This is kernel principal component analysis with the scalar product as the kernel (Schölkopf,
    Smola and Müller, Nonlinear component analysis as a kernel eigenvalue problem, Neural
    Computation 1998): n references lie in at most n − 1 dimensions, however many features there
    are. The origin is their mean, and the unit of length is such that their mean squared distance
    from it is 1.

    Parameters
    ----------
    products : ndarray, float64, shape (reference, reference)
        x_i · x_j, not centred; finite.

    Attributes
    ----------
    of_references : ndarray, float64, shape (reference, dimension)
        Without dimensions that are rounding; none where all references are the same.
    """

    def __init__(self, products: np.ndarray) -> None:
        self._means = products.mean(axis=0)
        variances, axes = np.linalg.eigh(self._centred(products))
        kept = variances > PRODUCT_ROUNDING * np.trace(products)
        variances, axes = variances[kept], axes[:, kept]
        scale = np.sqrt(len(products) / variances.sum()) if len(variances) else 1.0
        self._axes = axes * scale / np.sqrt(variances)
        self.of_references = axes * np.sqrt(variances) * scale

    def project(self, products: np.ndarray) -> np.ndarray:
        """Coordinates of any vectors, projected onto the space of the references.

        Parameters
        ----------
        products : ndarray, float64, shape (vector, reference)
            Scalar products with the references, not centred.

        Returns
        -------
        ndarray, float64, shape (vector, dimension)
            NaN for a vector with a product that is not finite.
        """
        return self._centred(products) @ self._axes

    def _centred(self, products: np.ndarray) -> np.ndarray:
        """Products of vectors and references once the references' mean is taken from both."""
        of_vectors = products.mean(axis=1, keepdims=True)
        return products - of_vectors - self._means + self._means.mean()
