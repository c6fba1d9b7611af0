"""Small symmetric matrices in plain loops: Cholesky factors, inverses, moved covariances.

`np.linalg` would do, but inside compiled code it drags LAPACK wrappers along: seconds of compilation for
6 x 6 matrices.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel


@kernel
def cholesky(a: Floats, lower_out: Floats) -> int:
    """Lower triangle L with L L' = a.

    Args:
        a: symmetric matrix, (n, n); only its lower triangle is read.
        lower_out: (n, n), zeros above the diagonal; not to be `a` itself.
    Returns:
        status: 0, or 4 where `a` is not positive definite or holds a nan.
    Source: Golub & Van Loan, Matrix Computations (2013), algorithm 4.2.1.
    """
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            if j > i:
                lower_out[i, j] = 0.0
                continue
            s = a[i, j]
            for k in range(j):
                s -= lower_out[i, k] * lower_out[j, k]
            if j < i:
                lower_out[i, j] = s / lower_out[j, j]
            elif s > 0.0:
                lower_out[i, i] = math.sqrt(s)
            else:
                return 4
    return 0


@kernel
def solve_lower(lower: Floats, b: Floats, out: Floats) -> float:
    """Solve L y = b by forward substitution into `out` (n,); returns y'y, which is b' (L L')^-1 b."""
    total = 0.0
    for i in range(b.shape[0]):
        s = b[i]
        for k in range(i):
            s -= lower[i, k] * out[k]
        s /= lower[i, i]
        out[i] = s
        total += s * s
    return total


@kernel
def invert(a: Floats, out: Floats) -> int:
    """Inverse of a symmetric positive definite matrix, exactly symmetric.

    Args:
        a: (n, n); out: (n, n), may be `a` itself.
    Returns:
        status: 0, or 4 where `a` is not positive definite or holds a nan; then `out` means nothing.
    Source: Goodnight, A tutorial on the sweep operator, The American Statistician 33 (1979) 149-158; no pivoting is
        needed for positive matrices, whose pivots stay positive.
    """
    n = a.shape[0]
    column = np.empty(n)
    for i in range(n):
        for j in range(i + 1):
            out[i, j] = a[i, j]
    for k in range(n):
        # Only the lower triangle is swept.
        if not out[k, k] > 0.0:
            return 4
        pivot = 1.0 / out[k, k]
        for i in range(n):
            column[i] = out[i, k] if i > k else out[k, i]
        for i in range(n):
            for j in range(i + 1):
                if i != k and j != k:
                    out[i, j] -= column[i] * column[j] * pivot
        for i in range(n):
            if i > k:
                out[i, k] = column[i] * pivot
            else:
                out[k, i] = column[i] * pivot
        out[k, k] = -pivot
    for i in range(n):
        for j in range(i + 1):
            out[i, j] = -out[i, j]
            out[j, i] = out[i, j]
    return 0


@kernel
def sandwich(f: Floats, p: Floats, out: Floats) -> None:
    """The covariance f p f' (n, n) of a state with covariance p that was moved by f; exactly symmetric."""
    n = p.shape[0]
    half = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s += f[i, k] * p[k, j]
            half[i, j] = s
    for i in range(n):
        for j in range(i + 1):
            s = 0.0
            for k in range(n):
                s += half[i, k] * f[j, k]
            out[i, j] = s
            out[j, i] = s


@kernel
def chain(f: Floats, g: Floats) -> None:
    """Put the step f after the steps g, both (n, n): g becomes f g."""
    n = f.shape[0]
    column = np.empty(n)
    for j in range(n):
        for i in range(n):
            s = 0.0
            for k in range(n):
                s += f[i, k] * g[k, j]
            column[i] = s
        for i in range(n):
            g[i, j] = column[i]
