/** Before the question (RFC 1035 §4.1.1). */
export const HEADER_OCTETS = 12;
/** Behind the name of a question or a record (RFC 1035 §4.1.2). */
export const TYPE_AND_CLASS_OCTETS = 4;
