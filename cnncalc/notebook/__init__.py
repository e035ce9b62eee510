"""What a notebook shows of a network: a drawing or a table as HTML, and the text of the command line beside it.

A class that shows itself has a method `_repr_mimebundle_`, which Jupyter calls. The class is on a lower floor than
drawings and tables: it loads its display from here by name, and only then. One file is one display, with a function
`bundle_of`.
"""
