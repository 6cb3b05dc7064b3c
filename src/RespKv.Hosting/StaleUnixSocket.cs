using System.Net.Sockets;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>
/// A process that was killed leaves the file of its unix socket behind, and bind fails on it. It is removed only when it is a socket
/// and nobody answers on it: a typo in unixsocket must not delete a file, nor take the socket of a running server.
/// </summary>
internal static class StaleUnixSocket
{
    /// <exception cref="ConfigException">The path is in use.</exception>
    public static void Remove(IFileSystem files, UnixDomainSocketEndPoint endPoint)
    {
        string path = endPoint.ToString();
        if (!files.FileExists(path))
        {
            return;
        }

        if (!IsSocket(files, path))
        {
            throw new ConfigException($"unixsocket: {path} exists and is no socket");
        }

        if (IsAnswered(endPoint))
        {
            throw new ConfigException($"unixsocket: another server listens on {path}");
        }

        files.Delete(path);
    }

    /// <summary>Opening a socket as a file is the one thing that fails with ENXIO.</summary>
    private static bool IsSocket(IFileSystem files, string path)
    {
        try
        {
            files.Open(path, FileOpenKind.Read).Dispose();
            return false;
        }
        catch (StorageException e)
        {
            return e.Errno == Errno.ENXIO;
        }
    }

    private static bool IsAnswered(UnixDomainSocketEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
