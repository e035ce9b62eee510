"""Caffe's prototxt: protobuf's text format, and the layers of Caffe."""
