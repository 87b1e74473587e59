"""Checksums of the models that come with the application; `python -m training.shipped` writes them.

They are part of the program, so that whoever can change a model and its description alone cannot
have another one opened. A model that the user names is checked against its own description.
"""

EMOTION_SHA256 = "7a2294edec72e4a03a4b2f4402c84460fd7b496ddb2737fdf2317ca9f30d85e1"
DETECTOR_SHA256 = "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
FACE_CHECK_SHA256 = "9d22b4d985a4494584b432a19f013bcba1ace332be02b37030ef46db2dd58863"
