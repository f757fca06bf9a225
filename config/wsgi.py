"""What an application server loads. It starts no database: use `manage.py serve`, or set DATABASE_URL. It answers 503
until `manage.py migrate` has prepared that (`config.upgrades`)."""

import os

from django.core.wsgi import get_wsgi_application

from config.content_types import of_bodies_alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = of_bodies_alone(get_wsgi_application())
