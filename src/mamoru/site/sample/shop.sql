-- The shop of the sample company: tables, then one insert statement a table.
CREATE TABLE members (
    member_id TEXT PRIMARY KEY,
    family_name TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name_kana TEXT NOT NULL,
    given_name_kana TEXT NOT NULL,
    birth_date DATE NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    company_name TEXT,
    guardian_member_id TEXT REFERENCES members (member_id),
    news_mail INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL CHECK (status IN ('active', 'withdrawn')),
    joined_on DATE NOT NULL,
    withdrawn_on DATE
);
CREATE INDEX members_email ON members (email);
CREATE TABLE addresses (
    address_id INTEGER PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (member_id),
    postal_code TEXT NOT NULL,
    address TEXT NOT NULL,
    building TEXT,
    valid_from DATE NOT NULL,
    valid_to DATE
);
CREATE INDEX addresses_member ON addresses (member_id);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY,
    member_id TEXT NOT NULL REFERENCES members (member_id),
    ordered_on DATE NOT NULL,
    ship_to_name TEXT NOT NULL,
    ship_to_address TEXT NOT NULL,
    total_yen INTEGER NOT NULL,
    payment_method TEXT NOT NULL,
    card_last4 TEXT
);
CREATE INDEX orders_member ON orders (member_id);
CREATE TABLE order_items (
    item_id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (order_id),
    service TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price_yen INTEGER NOT NULL
);
CREATE INDEX order_items_order ON order_items (order_id);
CREATE TABLE inquiries (
    inquiry_id INTEGER PRIMARY KEY,
    member_id TEXT REFERENCES members (member_id),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    received_at DATETIME NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    reply TEXT
);
CREATE INDEX inquiries_member ON inquiries (member_id);
CREATE INDEX inquiries_email ON inquiries (email);
CREATE TABLE fair_visitors (
    visitor_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    company_name TEXT,
    visited_on DATE NOT NULL,
    wishes TEXT
);
CREATE INDEX fair_visitors_email ON fair_visitors (email);
-- insert members
INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- insert addresses
INSERT INTO addresses VALUES (?, ?, ?, ?, ?, ?, ?);
-- insert orders
INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?);
-- insert order_items
INSERT INTO order_items VALUES (?, ?, ?, ?, ?);
-- insert inquiries
INSERT INTO inquiries VALUES (?, ?, ?, ?, ?, ?, ?, ?);
-- insert fair_visitors
INSERT INTO fair_visitors VALUES (?, ?, ?, ?, ?, ?);
