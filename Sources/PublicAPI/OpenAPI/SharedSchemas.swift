/// Schemas that several resources use.
enum SharedSchemas {
    static let part = OpenAPIPart(
        paths: "",
        schemas: ##"""
            "ContactID": {
              "description": "A UUIDv4: no time is in it.",
              "type": "string", "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "Index": {
              "description": "Index of an entry in its generation, from 0.",
              "type": "integer", "minimum": 0, "maximum": 9007199254740991
            },
            "TreeSize": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "Generation": {
              "description": "Counts from 1; another begins where signed entries may be lost.",
              "type": "integer", "minimum": 1, "maximum": 9007199254740991
            },
            "Time": {
              "description": "RFC 3339, UTC, microseconds.",
              "type": "string", "format": "date-time",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            },
            "TimeSince1970": {
              "description": "RFC 3339, any offset, without leap seconds.",
              "type": "string", "format": "date-time",
              "pattern": "^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
            },
            "Hash": {"description": "SHA-256 in hex.", "type": "string", "pattern": "^[0-9a-f]{64}$"},
            "Base64": {"type": "string", "contentEncoding": "base64", "pattern": "^[A-Za-z0-9+/]*={0,2}$"},
            "Label": {
              "description": "A security label in its one text form, everything sorted: confidentiality `s0` to `s3` with categories `c0` to `c1023` (three or more in a row as `cA.cB`), integrity `i0` to `i2`, caveats.",
              "type": "string", "maxLength": 256,
              "pattern": "^s[0-3](:c[0-9]{1,4}([.,]c[0-9]{1,4})*)?/i[0-2](;[a-z0-9-]{1,32}(,[a-z0-9-]{1,32})*)?$",
              "examples": ["s1/i1", "s2:c0.c3,c7/i1;noforn"]
            },
            "EntityTags": {
              "description": "`*`, or up to 32 entity tags.",
              "anyOf": [
                {"const": "*"},
                {"type": "string", "pattern": "^(W/)?\"[^\",]*\"([ \\t]*,[ \\t]*(W/)?\"[^\",]*\"){0,31}$"}
              ]
            },
            "Cursor": {"description": "Opaque.", "type": "string", "pattern": "^([1-9a-z][0-9a-z]{0,9}|1[0-9a-z]{10})$"},
            "PurposeCode": {"type": "string", "pattern": "^[a-z0-9_]{1,64}$", "examples": ["sales_outreach"]},
            "PurposeCodes": {
              "type": "array", "items": {"$ref": "#/components/schemas/PurposeCode"},
              "minItems": 1, "maxItems": 32, "uniqueItems": true
            },
            "ConsentType": {"enum": ["EXPLICIT_OPT_IN", "DOUBLE_OPT_IN", "SOFT_OPT_IN", "OPT_OUT"]},
            "LegalBasis": {
              "description": "Article 6(1) GDPR, letters a to f.",
              "enum": ["GDPR_ART6_1A", "GDPR_ART6_1B", "GDPR_ART6_1C", "GDPR_ART6_1D", "GDPR_ART6_1E", "GDPR_ART6_1F"]
            },
            "SourceType": {"enum": ["DATA_SUBJECT", "VENDOR", "CRM", "MARKETING", "OPERATOR", "DERIVED"]},
            "SourceIdentity": {
              "description": "Name of the system that it came from; it stands in the clear for good, so it is never a person's.",
              "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"
            },
            "AttributeType": {
              "description": "A known type, or one of your own: `x-`.",
              "type": "string",
              "pattern": "^(jobTitle|company|department|seniority|industry|companySize|phone|location|website|linkedinUrl|x-[a-z0-9-]{1,61})$"
            },
            "Receipt": {
              "description": "Where the entry is: fetch its proof under `/api/v1/ledger/entries/{index}/receipt`.",
              "type": "object",
              "required": ["generation", "index", "leafHash", "treeSize"],
              "properties": {
                "generation": {"$ref": "#/components/schemas/Generation"},
                "index": {"$ref": "#/components/schemas/Index"},
                "leafHash": {"$ref": "#/components/schemas/Hash"},
                "treeSize": {"$ref": "#/components/schemas/TreeSize"}
              }
            }
            """##)
}
