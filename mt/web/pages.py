"""The pages that a person sees."""

from starlette.routing import BaseRoute

from mt.web import changes, documents, replacing, review, vocabulary

routes: list[BaseRoute] = [
    *documents.routes,
    *review.routes,
    *changes.routes,
    *replacing.routes,
    *vocabulary.routes,
]
