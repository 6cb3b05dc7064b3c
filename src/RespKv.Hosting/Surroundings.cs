using Microsoft.Extensions.Hosting;
using RespKv.Engine;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>What the program around a server provides.</summary>
/// <param name="Files">Where data lies.</param>
/// <param name="Log">The log.</param>
/// <param name="Lines">The lines of the server's life in it.</param>
/// <param name="Exit">What a failure of the engine ends.</param>
/// <param name="Lifetime">What stops the server.</param>
/// <param name="Systemd">Who is told where it is.</param>
internal sealed record Surroundings(
    IFileSystem Files,
    IEngineLog Log,
    StartupLog Lines,
    IProcessExit Exit,
    IHostLifetime Lifetime,
    SystemdNotifier Systemd);
