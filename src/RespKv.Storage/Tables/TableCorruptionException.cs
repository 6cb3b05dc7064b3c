namespace RespKv.Storage.Tables;

/// <summary>
/// A table is not what was written: a bad checksum, a truncated file, or contents that contradict themselves. Nothing of the damaged
/// part was handed out.
/// </summary>
public sealed class TableCorruptionException(string file, long offset, string problem, Exception? inner = null)
    : CorruptionException("table", file, offset, "", problem, inner)
{
}
