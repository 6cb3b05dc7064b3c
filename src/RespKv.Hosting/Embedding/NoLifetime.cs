using Microsoft.Extensions.Hosting;

namespace RespKv.Hosting.Embedding;

/// <summary>The host inside is started and stopped by the program around it, and by nothing else: no signals.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
