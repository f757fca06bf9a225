"""What an application server loads. It starts no database: use `manage.py serve`, or set DATABASE_URL. It answers 503
until `manage.py migrate` has prepared that (`config.upgrades`)."""

import os

from django.core.wsgi import get_wsgi_application

from config.content_types import of_bodies_alone
from config.query_strings import encoded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = of_bodies_alone(encoded(get_wsgi_application()))
