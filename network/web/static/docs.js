// Swagger UI over our own document. No validator badge: it would send the address of this network elsewhere.
SwaggerUIBundle({
  url: document.getElementById("document").dataset.url,
  dom_id: "#document",
  deepLinking: true,
  validatorUrl: null,
});
