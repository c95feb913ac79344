"""The version of the SDK, told to the network in every request's User-Agent."""

__version__ = "0.1.0"
