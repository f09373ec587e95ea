"""Kernels forked from one warm process, by Jupyter's own extension point, a provisioner."""
