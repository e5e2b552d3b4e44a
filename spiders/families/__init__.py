"""The content management systems that papers share: layouts and address patterns."""
