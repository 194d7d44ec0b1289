"""Where products are found."""

from django.urls import include, path

from .views import shelves, sitemaps

api = [path("api/search/v1/", include("apps.search.rest"))]
files = [
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/shelves.xml", sitemaps.shelves, name="sitemap-shelves"),
    path("sitemaps/products-<int:number>.xml", sitemaps.products, name="sitemap-products"),
]
pages = [
    path("search/", shelves.results, name="search"),
    path("search/guesses", shelves.guesses, name="guesses"),
    path("shelves/<path:path>/", shelves.category, name="category"),
]
