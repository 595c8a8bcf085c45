"""The compiler half of the backend, under the name Triton looks for."""

from triton.backends.compiler import BaseBackend

from .stub import concrete

CPUBackend = concrete("CPUBackend", BaseBackend)
