from tests.waiting import until as until
