"""公開ページと会員ページ: what requesters and members see."""
