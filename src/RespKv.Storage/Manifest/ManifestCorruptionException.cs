namespace RespKv.Storage.Manifest;

/// <summary>
/// The manifest, or what it says about the tables, contradicts what had been durable. The file is the manifest, CURRENT, or the table
/// that is not what the manifest says.
/// </summary>
public sealed class ManifestCorruptionException(string file, long offset, string problem, Exception? inner = null)
    : CorruptionException("manifest", file, offset, "", problem, inner)
{
}
