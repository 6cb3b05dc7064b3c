using System.Reflection;
using System.Security.Cryptography;

namespace RespKv.Http.Console;

/// <summary>One file of the built web console, as it is embedded in this assembly.</summary>
/// <param name="Path">The path it is served at, beginning with a slash.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Changes with the content; with quotes.</param>
/// <param name="IsHashed">Whether the name changes with the content, so that it may be kept for good.</param>
internal sealed record ConsoleFile(string Path, ReadOnlyMemory<byte> Content, string ContentType, string ETag, bool IsHashed)
{
    private const string ResourcePrefix = "console/";

    /// <summary>The builder puts a hash into the names of what is in this folder, and nowhere else.</summary>
    private const string HashedFolder = "assets/";

    private const string Index = "index.html";

    /// <summary>All files of the console. A build without Node.js has a page here that says so.</summary>
    public static IReadOnlyList<ConsoleFile> ReadAll()
    {
        Assembly assembly = typeof(ConsoleFile).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Select(name => Read(assembly, name))];
    }

    private static ConsoleFile Read(Assembly assembly, string resource)
    {
        using Stream stream = assembly.GetManifestResourceStream(resource)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        string name = resource[ResourcePrefix.Length..];
        string etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";
        return new ConsoleFile(name == Index ? "/" : $"/{name}", content, ContentTypeOf(name), etag, name.StartsWith(HashedFolder, StringComparison.Ordinal));
    }

    private static string ContentTypeOf(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
