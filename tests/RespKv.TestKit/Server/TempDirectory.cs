namespace RespKv.TestKit.Server;

/// <summary>A directory of its own that goes away with everything in it.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("respkv-").FullName;

    public string Path { get; }

    /// <summary>A path inside; the last part need not exist.</summary>
    public string Inside(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
