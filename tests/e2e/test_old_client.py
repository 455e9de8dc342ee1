"""A client of the old application against the running stack: it needs nothing but another address."""

import subprocess
import sys
from typing import Any

from bson import ObjectId
from pymongo import MongoClient

from local.seed import COURSE
from local.settings import DEVELOPMENT_SECRET
from local.template import ROOT
from tests.e2e.stack import Stack


def test_a_client_of_the_old_application_goes_on_as_it_did(stack: Stack) -> None:
    user, other_course = ObjectId(), ObjectId()
    with MongoClient[dict[str, Any]](stack.note()["mongodb"]) as client:
        account = {"_id": user, "purchasedCourses": [COURSE], "role": "student", "status": "active", "tokenVersion": 0}
        client["playhead"]["users"].insert_one(account)
        client["playhead"]["courses"].insert_one({"_id": other_course, "title": "Not bought", "videos": []})
    script = ROOT / "tests/e2e/old_client.py"
    arguments = [stack.address, DEVELOPMENT_SECRET, str(COURSE), str(user), str(other_course)]
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 10
