"""The CDX server: the index of the captures by pywb's parameters."""
