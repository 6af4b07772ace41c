"""Where the parts of this room's API hang their addresses."""

from ninja import Router

router = Router()
