-- Personnel and applicants of the sample company: another shape, one column for a whole name.
CREATE TABLE employees (
    employee_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    birth_date DATE NOT NULL,
    department TEXT NOT NULL,
    job_title TEXT NOT NULL,
    hired_on DATE NOT NULL,
    retired_on DATE,
    postal_code TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    bank_account TEXT NOT NULL,
    emergency_contact TEXT
);
CREATE TABLE applicants (
    applicant_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    birth TEXT NOT NULL,
    address TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    position TEXT NOT NULL,
    applied_on DATE NOT NULL,
    result TEXT NOT NULL,
    interview_notes TEXT
);
-- insert employees
INSERT INTO employees VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- insert applicants
INSERT INTO applicants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
