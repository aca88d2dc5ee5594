"""A tiny recognition pack and people for it to know, made by the tests.

Faces are drawn (:mod:`.faces`, :mod:`.photos`), and two ONNX models whose weights were thought
out, not trained, find them and tell them apart (:mod:`.detector`, :mod:`.recogniser`). They have
the inputs and outputs of SCRFD and ArcFace, so that everything of ours and onnxruntime runs as
with a pack that was trained: nobody needs weights or photos of real people to test recognition.
How well real people are recognised is not theirs to say.
"""
