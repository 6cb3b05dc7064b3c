using RespKv.Storage.Files;
using RespKv.Tool;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};
var context = new ToolContext(
    new PosixFileSystem(),
    Console.Out,
    Console.Error,
    isTerminal: !Console.IsOutputRedirected && !Console.IsErrorRedirected,
    Environment.GetEnvironmentVariable,
    interrupted.Token);
return ToolProgram.Run(args, context);
