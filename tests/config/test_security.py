import re

import pytest

from config.security import POLICY


@pytest.mark.django_db
def test_pages_carry_a_policy_that_they_keep_themselves(client):
    response = client.get("/admin/login/")
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", response.text)


def test_nothing_inline_is_allowed():
    assert "unsafe" not in POLICY


@pytest.mark.django_db  # closing the file's response looks after the connection
def test_static_files_need_no_collecting(client):
    response = client.get("/static/admin/css/base.css")
    assert response.status_code == 200
    response.close()
