package corpus

import "encoding/binary"

// An idRow is what is known of a document by its id, whether it is there or was deleted.
type idRow struct {
	number  uint32
	version uint64 // the last
	origin
}

// An origin says when a document got the content that it has: an undo gives back an older one with the content.
type origin struct {
	version uint64
	change  uint64 // its sequence number; 0 in rows that were written before this was kept
}

func parseIDRow(v []byte) idRow {
	r := idRow{number: binary.BigEndian.Uint32(v), version: binary.BigEndian.Uint64(v[4:])}
	r.origin.version = r.version
	if len(v) == 28 {
		r.origin = parseOrigin(v[12:])
	}
	return r
}

func parseOrigin(v []byte) origin {
	return origin{binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])}
}

func (o origin) append(v []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(v, o.version), o.change)
}

// idRow returns the row of a document that is or was there.
func (w *writer) idRow(k Kind, id string) idRow {
	return parseIDRow(w.tx.Bucket(bIDs).Get(idKey(k, id)))
}

// putIDRow keeps r; without an origin its content is from the transaction's latest change.
func (w *writer) putIDRow(k Kind, id string, r idRow) error {
	if r.origin == (origin{}) {
		r.origin = origin{r.version, w.changes[len(w.changes)-1].Seq}
	}
	v := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, r.number), r.version)
	return w.tx.Bucket(bIDs).Put(idKey(k, id), r.origin.append(v))
}
