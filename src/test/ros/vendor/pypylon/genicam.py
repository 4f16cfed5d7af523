"""A stand-in of pypylon.genicam: exceptions and nodes, as basler/pypylon's samples use them (grabchunkimage.py).

The base of all exceptions is GenericException, whose GetDescription() is its text.
"""


class GenericException(Exception):
    def GetDescription(self):
        return str(self)


class RuntimeException(GenericException):
    pass


class AccessException(GenericException):
    pass


class OutOfRangeException(GenericException):
    pass


class Node:
    """A feature: a value with a range or names, or a command."""

    def __init__(self, value=None, low=None, high=None, names=None, execute=None, write=None, read=None, fixed=False):
        self._value = value
        self.Min = low
        self.Max = high
        self.Symbolics = names
        self._execute = execute
        self._write = write
        self._read = read
        self.fixed = fixed

    @property
    def Value(self):
        return self._read() if self._read else self._value

    @Value.setter
    def Value(self, value):
        if self.fixed:
            raise AccessException("Node is not writable.")
        if self.Min is not None and not self.Min <= value <= self.Max:
            raise OutOfRangeException("Value = %s must be in [%s, %s]." % (value, self.Min, self.Max))
        if self.Symbolics is not None and value not in self.Symbolics:
            raise GenericException("Feature has no entry %s" % value)
        self._value = self._write(value) if self._write else value

    def Execute(self):
        self._execute()


class NodeMap:
    def __init__(self, nodes):
        self._nodes = nodes

    def GetNode(self, name):
        """Returns None for a name that the camera does not have."""
        return self._nodes.get(name)


def IsReadable(node):
    return node.Value is not None


def IsWritable(node):
    return not node.fixed
