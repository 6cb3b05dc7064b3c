using System.Text;
using RespKv.Storage.Files;

namespace RespKv.Engine.Configuration;

/// <summary>Reads a configuration file through the file-system door: at start, and before CONFIG REWRITE.</summary>
public static class ConfigFile
{
    /// <summary>Nobody writes more by hand; a path to something else (a dump, a device) ends here instead of in memory.</summary>
    public const int BytesMax = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IOException">The file cannot be read, is larger than <see cref="BytesMax"/>, or is not UTF-8.</exception>
    public static string ReadText(IFileSystem files, string path)
    {
        // The length is not asked for: files of /proc say 0.
        var buffer = new byte[BytesMax + 1];
        using IFile file = files.Open(path, FileOpenKind.Read);
        int length = 0;
        int count;
        do
        {
            count = file.Read(buffer.AsSpan(length), length);
            length += count;
        }
        while (count > 0 && length < buffer.Length);

        if (length > BytesMax)
        {
            throw new IOException($"{path} is larger than {BytesMax} bytes");
        }

        try
        {
            return StrictUtf8.GetString(buffer, 0, length).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new IOException($"{path} is not UTF-8 text");
        }
    }
}
