"""Checksums of the models that come with the application; `python -m training.shipped` writes them.

They are part of the program, so that whoever can change a model and its description alone cannot
have another one opened. A model that the user names is checked against its own description.
"""

EMOTION_SHA256 = "1efa6ca96f1677f9d069985862b28b579da14a84da9c69dfada03bfa38a551c0"
DETECTOR_SHA256 = "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
FACE_CHECK_SHA256 = "9d22b4d985a4494584b432a19f013bcba1ace332be02b37030ef46db2dd58863"
