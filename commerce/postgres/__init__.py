"""PostgreSQL as Django knows it, whose connections are kept and looked at before they are used."""
