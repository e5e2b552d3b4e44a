// The newsroom's pages work without any script; this one marks that it ran.
document.documentElement.setAttribute("data-script", "1");
