"""The English, Khmer and Chinese editions of Báo Cần Thơ, below paths of its own host."""
