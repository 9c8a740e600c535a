"""利用目的・第三者・区分: the privacy policy as data, and what follows from it."""
