namespace RespKv.Hosting.Embedding;

/// <summary>A directory that goes with its owner. What lies in it belongs to the file-system door; only its own coming and going does not.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
#pragma warning disable RS0030 // See above.
    public string Path { get; } = Directory.CreateTempSubdirectory("respkv-").FullName;

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
#pragma warning restore RS0030
}
